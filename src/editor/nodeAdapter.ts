// On the desktop the adapter is the process that package.json names; it is told the technique, on which the filters depend that
// VS Code asks for before anything else.
import * as vscode from 'vscode';

export class NodeAdapterFactory implements vscode.DebugAdapterDescriptorFactory {
  createDebugAdapterDescriptor(
    { configuration }: vscode.DebugSession,
    executable: vscode.DebugAdapterExecutable | undefined,
  ): vscode.DebugAdapterDescriptor | undefined {
    const technique: unknown = configuration.technique;
    if (!executable || typeof technique !== 'string') return executable;
    const { command, args, options } = executable;
    return new vscode.DebugAdapterExecutable(command, [...args, '--technique', technique], options);
  }
}
