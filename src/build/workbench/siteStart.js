// Runs in the site's page before the workbench does, and completes its configuration: where the page is, and which sample
// its address asks for, is known only here.
{
  const holder = document.getElementById('vscode-workbench-web-configuration');
  const { samples, extensions, ...configuration } = JSON.parse(holder.dataset.settings);
  const here = new URL('.', location.href);
  const besideThePage = name => ({
    scheme: here.protocol.slice(0, -1),
    authority: here.host,
    path: here.pathname + name,
  });

  const asked = new URLSearchParams(location.search).get('sample');
  const sample = samples.includes(asked) ? asked : samples[0];
  const folderUri = { scheme: 'sample', path: `/${sample}` };
  holder.dataset.settings = JSON.stringify({
    ...configuration,
    folderUri,
    additionalBuiltinExtensions: extensions.map(besideThePage),
    defaultLayout: { editors: [{ uri: { ...folderUri, path: `/${sample}/${sample}.asm` } }] },
  });
}
