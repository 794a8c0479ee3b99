// A theme of each kind, by the titles that VS Code gives them.
export const themes = ['Dark Modern', 'Light Modern', 'Dark High Contrast'] as const;
