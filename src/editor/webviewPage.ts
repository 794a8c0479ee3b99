// Our pages in webviews, as the editor makes them: of a script and a style sheet of the extension (media/, built into dist/), which may
// load nothing else and reach no network. What they say is in the user's language, and handed over with the page.
import * as vscode from 'vscode';

export interface Page {
  /** of its script and its style sheet */
  readonly name: string;
  readonly title: string;
  /** what its script says */
  readonly texts: object;
  /** HTML */
  readonly body: string;
}

/** Whoever listens to the page's messages does so before. */
export function showPage(webview: vscode.Webview, extensionUri: vscode.Uri, { name, title, texts, body }: Page): void {
  const folder = vscode.Uri.joinPath(extensionUri, 'dist');
  webview.options = { enableScripts: true, localResourceRoots: [folder] };
  const file = (each: string): string => webview.asWebviewUri(vscode.Uri.joinPath(folder, each)).toString();
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src ${webview.cspSource}`;
  webview.html = `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escaped(title)}</title>
<link rel="stylesheet" href="${file('page.css')}">
<link rel="stylesheet" href="${file(`${name}.css`)}">
</head>
<body data-texts="${escaped(JSON.stringify(texts))}">
${body}
<script src="${file(`${name}.js`)}"></script>
</body>
</html>`;
}

/** Text, in HTML. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
