// A debug adapter: one client, its session, and the table of requests between them.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { errors } from '../debug/userError';
import type { AdapterHost } from './host';
import { MessageSession } from './messageSession';
import { requests } from './requests';
import { Session } from './session';

export class DebugAdapter extends MessageSession {
  private readonly session: Session;

  constructor(host: AdapterHost) {
    super();
    this.session = new Session(host, this);
  }

  override handleMessage(message: DebugProtocol.ProtocolMessage): void {
    this.session.speak();
    super.handleMessage(message);
  }

  protected override perform(command: string, args: unknown, isCancelled: () => boolean): unknown {
    const known = requests.get(command);
    if (!known) throw errors.unknownRequest(String(command));
    return known.run(this.session, args, command, isCancelled);
  }

  protected override end(): void {
    this.session.end();
  }
}
