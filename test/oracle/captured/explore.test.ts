import { formNames, readForm } from './cases';
import { CaseRunner } from './runCase';
it('explore', function () {
  this.timeout(0);
  const only = process.env.FORM;
  const show = Number(process.env.SHOW ?? 2);
  let total = 0,
    bad = 0;
  for (const name of formNames()) {
    if (only && name !== only) continue;
    const form = readForm(name);
    const runner = new CaseRunner();
    const failures: string[] = [];
    for (const c of form.cases) {
      total++;
      let d: string[];
      try {
        d = runner.differences(c, form);
      } catch (e) {
        d = [String((e as Error).stack)];
      }
      if (d.length)
        failures.push(
          `  #${c.idx} ${c.name} [${c.bytes.map(b => b.toString(16).padStart(2, '0')).join(' ')}] ${c.exception ? 'exc ' + c.exception.number : ''}: ${d.slice(0, 5).join('; ')}`,
        );
    }
    bad += failures.length;
    if (failures.length)
      console.log(`${name}: ${failures.length}/${form.cases.length}\n${failures.slice(0, show).join('\n')}`);
  }
  console.log(`${bad} of ${total} differ`);
});
