// What a session may do on the side that faces its client.
import type { DebugProtocol } from '@vscode/debugprotocol';

export interface ClientConnection {
  /** write every message to the Debug Console */
  traced: boolean;
  sendEvent(event: DebugProtocol.Event): void;
  /** Text for the Debug Console. */
  say(text: string, category: string): void;
  /** A request that is under way is told, and will be answered by an error. */
  cancel(request: number): void;
}
