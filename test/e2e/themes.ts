// Each kind of theme, by the title of one of VS Code's, and the class that pages in it have.
export const themes = [
  ['Dark Modern', 'vscode-dark'],
  ['Light Modern', 'vscode-light'],
  ['Dark High Contrast', 'vscode-high-contrast'],
] as const;
