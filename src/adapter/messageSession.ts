// The side of a session that faces the client: requests in, one answer for each, events out. Messages come by
// `handleMessage` and go by `onDidSendMessage`, whatever carries them; nothing that a client can send ends the session.
import { DebugSession, OutputEvent, Response } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { AssemblyFailure } from '../debug/assembledSource';
import { errors, ownErrorText, UserError } from '../debug/userError';
import type { ClientConnection } from './clientConnection';
import { malformations, notices } from './notices';

export abstract class MessageSession extends DebugSession implements ClientConnection {
  traced = false;
  private readonly underWay = new Set<number>();
  private readonly cancelled = new Set<number>();

  /** Carries out a request and gives the body of its answer. */
  protected abstract perform(command: string, args: unknown, isCancelled: () => boolean): unknown;

  /** The client has gone. */
  protected abstract end(): void;

  /** A message of the client; what is no message is said and forgotten. */
  override handleMessage(message: DebugProtocol.ProtocolMessage): void {
    if (typeof message !== 'object' || message === null || typeof message.type !== 'string') {
      this.malformed(malformations.noType());
      return;
    }
    super.handleMessage(message);
  }

  malformed(problem: string): void {
    this.say(`${notices.malformed(problem)}\n`, 'stderr');
  }

  protected override dispatchRequest(request: DebugProtocol.Request): void {
    void this.answer(request);
  }

  /** The base class would end the process. */
  override shutdown(): void {
    this.end();
  }

  private async answer(request: DebugProtocol.Request): Promise<void> {
    const response: DebugProtocol.Response = new Response(request);
    try {
      if (this.traced) this.trace('→', request);
      this.underWay.add(request.seq);
      const isCancelled = (): boolean => this.cancelled.has(request.seq);
      const body = await this.perform(request.command, request.arguments, isCancelled);
      if (isCancelled()) throw errors.cancelled();
      if (body !== undefined) response.body = body;
      this.sendResponse(response);
    } catch (error) {
      this.refuse(response, error);
    } finally {
      this.underWay.delete(request.seq);
      this.cancelled.delete(request.seq);
    }
    if (this.traced) this.trace('←', response);
  }

  private refuse(response: DebugProtocol.Response, error: unknown): void {
    const isForUser = error instanceof UserError || error instanceof AssemblyFailure;
    const text = isForUser ? error.message : ownErrorText(error);
    // as a variable, since braces in the text would be taken for variables; the underscore says: nothing personal
    const format = '{_text}';
    this.sendErrorResponse(response, {
      id: 1,
      format,
      variables: { _text: text },
      showUser: response.command === 'launch',
    });
  }

  private trace(direction: string, message: DebugProtocol.ProtocolMessage): void {
    this.say(`${direction} ${JSON.stringify(message)}\n`, 'console');
  }

  say(text: string, category: string): void {
    this.sendEvent(new OutputEvent(text, category));
  }

  cancel(request: number): void {
    if (this.underWay.has(request)) this.cancelled.add(request);
  }
}
