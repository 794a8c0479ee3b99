// The monitor's source as a program that users debug. Handlers are written as plain functions; this makes a second form of
// each, from the same source, that can stop before every statement and show its locals. The plain form stays as it is.
//
//  - A handler is a function declared at the top of a file called `handlers.ts`, or in a folder of that name, of src/monitor.
//  - Before each statement the second form, a generator, asks its visit whether to stop: `if ($visit.at(statement, locals)) yield;`.
//  - A call of another handler is delegated, `(yield* $visit.call(handler, …))`, so that it can be stepped into.
//  - A comment such as `// check: whose fault is it?` is a heading: the stage of the lines up to the next empty one.
//  - Nothing stops inside callbacks, so handlers may neither be called nor be written there; `problems` says what is refused.
import fs from 'node:fs/promises';
import path from 'node:path';
import ts from 'typescript';

const sourceRoot = path.resolve(import.meta.dirname, '..');
const runtime = path.join(sourceRoot, 'monitor/statements.ts');
const handlerFile = /(^|[\\/])monitor[\\/](.*[\\/])?handlers(\.ts|[\\/].*\.ts)$/;

export const monitorProgram = {
  name: 'monitor-program',
  setup(build) {
    build.onLoad({ filter: handlerFile }, async ({ path: file }) => {
      const name = path.relative(sourceRoot, file).split(path.sep).join('/');
      const { text, problems } = withSteppingForms(await fs.readFile(file, 'utf8'), name);
      if (problems.length > 0) return { errors: problems.map(problem => ({ text: problem })) };
      return { contents: text, loader: 'ts', resolveDir: path.dirname(file) };
    });
  },
};

/** `text` of the file called `name`, and below it the stepping form of each handler; or what is wrong with them. */
export function withSteppingForms(text, name, runtimeModule = runtime) {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const handlers = source.statements.filter(ts.isFunctionDeclaration);
  const known = new Set([...handlers.flatMap(handler => handler.name?.text ?? []), ...importedHandlers(source)]);
  const program = { source, name, known, headings: [], rows: [], problems: [] };
  const forms = handlers.map(handler => steppingForm(program, handler));
  checkNames(program);
  const made = [
    `import { declareStatements as $declare, setSteppingForm as $setForm } from ${JSON.stringify(runtimeModule)};`,
    `const $statements = $declare(${JSON.stringify(name)}, ${JSON.stringify(program.headings)}, ${JSON.stringify(program.rows)});`,
    ...forms,
  ];
  return { text: `${text}\n${made.join('\n')}\n`, problems: program.problems };
}

/** Names that come from other files of handlers. */
function importedHandlers(source) {
  const names = source.statements.filter(ts.isImportDeclaration).flatMap(({ moduleSpecifier, importClause }) => {
    const file = `monitor/${path.posix.join(path.posix.dirname(source.fileName), moduleSpecifier.text)}.ts`;
    const bindings = importClause?.namedBindings;
    const isValue = importClause && !importClause.isTypeOnly && bindings && ts.isNamedImports(bindings);
    return isValue && handlerFile.test(file) ? bindings.elements.filter(element => !element.isTypeOnly) : [];
  });
  return names.map(element => element.name.text);
}

// --- the stepping form of one handler

function steppingForm(program, handler) {
  const { source } = program;
  const { name, parameters, body, modifiers = [], asteriskToken } = handler;
  if (!name || !body) return refuse(program, handler, 'a handler needs a name and a body');
  if (asteriskToken || modifiers.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword))
    return refuse(program, handler, 'a handler is neither a generator nor async');
  const edits = [];
  const locals = parameters.flatMap(parameter => bindingNames(parameter.name));
  const walk = { program, handler: name.text, edits, kinds: new Set() };
  statementList(walk, body.statements, locals);
  const given = parameters.map(parameter => parameter.getText(source)).join(', ');
  const inner = edited(source.text, body.getStart() + 1, body.end - 1, edits);
  return `$setForm(${name.text}, function* ($visit, ${given}) {${inner}});`;
}

/** Statements that follow each other; `outer` are the locals that are there before. */
function statementList(walk, statements, outer) {
  const locals = [...outer];
  let heading;
  for (const statement of statements) {
    const above = headingAbove(walk.program, statement);
    const begins = above.heading !== undefined;
    if (begins) heading = declareHeading(walk, statement, above.heading);
    else if (above.isParagraph) heading = undefined;
    if (ts.isVariableStatement(statement)) locals.push(...declaredNames(walk.program, statement.declarationList));
    visitStatement(walk, statement, { locals: [...locals], heading, begins });
  }
}

function declareHeading(walk, statement, heading) {
  if (walk.kinds.has(heading.kind)) refuse(walk.program, statement, `${walk.handler} has a second "${heading.kind}"`);
  walk.kinds.add(heading.kind);
  return walk.program.headings.push(heading) - 1;
}

function visitStatement(walk, statement, { locals, heading, begins = false }) {
  if (ts.isBlock(statement)) return statementList(walk, statement.statements, locals);
  if (!isJump(statement))
    walk.edits.push({ at: statement.getStart(), text: stopAt(walk, statement, { locals, heading, begins }) });
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) || ts.isLabeledStatement(statement))
    return void refuse(walk.program, statement, 'functions, classes and labels have no place in a handler');
  const inner = { locals, heading };
  ts.forEachChild(statement, child => visitPart(walk, child, inner));
}

/** What a statement consists of: other statements, and expressions. */
function visitPart(walk, node, inner) {
  if (ts.isCaseClause(node) || ts.isDefaultClause(node)) {
    if (ts.isCaseClause(node)) visitExpression(walk, node.expression);
    return statementList(walk, node.statements, inner.locals);
  }
  if (ts.isCatchClause(node))
    inner = { ...inner, locals: [...inner.locals, ...bindingNames(node.variableDeclaration?.name)] };
  if (ts.isCaseBlock(node) || ts.isCatchClause(node))
    return ts.forEachChild(node, child => visitPart(walk, child, inner));
  if (ts.isBlock(node)) return visitStatement(walk, node, inner);
  // of a `for`: there as long as it lasts
  if (ts.isVariableDeclarationList(node) && !ts.isVariableStatement(node.parent))
    inner.locals = [...inner.locals, ...declaredNames(walk.program, node)];
  if (!isStatement(node)) return visitExpression(walk, node);
  walk.edits.push({ at: node.getStart(), text: '{ ' });
  visitStatement(walk, node, inner);
  walk.edits.push({ at: node.end, text: ' }' });
}

function visitExpression(walk, node) {
  if (ts.isTypeNode(node)) return;
  if (ts.isFunctionLike(node)) return checkCallback(walk, node);
  if (ts.isCallExpression(node) && isHandler(walk, node.expression)) delegate(walk, node);
  ts.forEachChild(node, child => visitExpression(walk, child));
}

/** `handler(a, b)` becomes `(yield* $visit.call(handler, a, b))`. */
function delegate({ edits, program }, call) {
  const open = program.source.text.indexOf('(', call.expression.end);
  edits.push({ at: call.getStart(), text: '(yield* $visit.call(' });
  edits.push({ at: open, end: open + 1, text: call.arguments.length > 0 ? ', ' : '' });
  edits.push({ at: call.end, text: ')' });
}

function checkCallback(walk, callback) {
  if (!ts.isArrowFunction(callback) || ts.isBlock(callback.body))
    refuse(walk.program, callback, 'nothing stops inside a callback: it may be an expression only');
  const look = node => {
    if (ts.isIdentifier(node) && isHandler(walk, node))
      refuse(walk.program, node, `nothing stops inside a callback: ${node.text} cannot be called here`);
    ts.forEachChild(node, look);
  };
  look(callback.body);
}

/** The row of a statement, and the question whether to stop at it. */
function stopAt({ program, handler }, statement, { locals, heading, begins }) {
  const { source, rows } = program;
  const [start, end] = [statement.getStart(), headEnd(statement)].map(position =>
    source.getLineAndCharacterOfPosition(position),
  );
  rows.push({
    handler,
    line: start.line + 1,
    column: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
    heading,
    begins,
    locals,
  });
  const read = locals.map((name, index) => `$n === ${index} ? ${name} : `).join('');
  return `if ($visit.at($statements[${rows.length - 1}], $n => ${read}undefined)) yield; `;
}

/** A statement that contains others is shown by its head. */
function headEnd(statement) {
  const inner = statement.thenStatement ?? statement.caseBlock ?? statement.tryBlock ?? statement.statement;
  if (!inner) return statement.end;
  const head = statement.getText().slice(0, inner.getStart() - statement.getStart());
  return statement.getStart() + head.trimEnd().length;
}

// --- headings and locals

/** The heading right above a statement, and whether it begins a paragraph. */
function headingAbove({ source }, statement) {
  const { text } = source;
  const comments = ts.getLeadingCommentRanges(text, statement.getFullStart()) ?? [];
  const lines = comments.map(({ pos, end }) => text.slice(pos, end).replace(/^\/\/\s*/, ''));
  const from = lines.findLastIndex(line => /^[a-z]+: \S/.test(line));
  const isParagraph = /\n[^\S\n]*\n/.test(text.slice(statement.getFullStart(), statement.getStart()));
  if (from < 0) return { isParagraph };
  const [, kind, title] = /^([a-z]+): (.*)$/s.exec(lines.slice(from).join(' ')) ?? [];
  return { isParagraph, heading: { kind, title } };
}

function declaredNames(program, list) {
  if (!(list.flags & ts.NodeFlags.BlockScoped)) refuse(program, list, '`var` is not shown right: use const or let');
  return list.declarations.flatMap(({ name }) => bindingNames(name));
}

function bindingNames(name) {
  if (name === undefined) return [];
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap(element => (ts.isBindingElement(element) ? bindingNames(element.name) : []));
}

// --- rules

function refuse(program, node, problem) {
  const { line } = program.source.getLineAndCharacterOfPosition(node.getStart());
  program.problems.push(`${program.name}:${line + 1}: ${problem}`);
  return '';
}

/** A handler may be called and exported, but not handed around: whoever gets it could not step into it. */
function checkNames(program) {
  const look = node => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    const isName = ts.isIdentifier(node) && program.known.has(node.text);
    if (isName && !isCalled(node) && isUse(node)) refuse(program, node, `the handler ${node.text} may only be called`);
    if (isName && isCalled(node) && !isInHandler(node)) refuse(program, node, `only a handler may call ${node.text}`);
    ts.forEachChild(node, look);
  };
  look(program.source);
}

const isCalled = name => ts.isCallExpression(name.parent) && name.parent.expression === name;
const isUse = ({ parent }) =>
  !ts.isFunctionDeclaration(parent) && !ts.isPropertyAccessExpression(parent) && !ts.isPropertyAssignment(parent);

/** Callbacks within handlers are judged where they are found. */
const isInHandler = node =>
  ts.findAncestor(node, above => ts.isFunctionDeclaration(above) && ts.isSourceFile(above.parent)) !== undefined;

const isHandler = ({ program }, callee) => ts.isIdentifier(callee) && program.known.has(callee.text);
const isJump = statement =>
  ts.isBreakStatement(statement) || ts.isContinueStatement(statement) || ts.isEmptyStatement(statement);
const isStatement = node => node.kind >= ts.SyntaxKind.FirstStatement && node.kind <= ts.SyntaxKind.LastStatement;

// --- text

/** `text` from `start` to `end` with the edits made, which are in order where they do not touch. */
function edited(text, start, end, edits) {
  const ordered = edits.map((edit, index) => ({ ...edit, index })).sort((a, b) => a.at - b.at || a.index - b.index);
  let result = '';
  let from = start;
  for (const { at, end: upTo = at, text: inserted } of ordered) {
    result += text.slice(from, at) + inserted;
    from = upTo;
  }
  return result + text.slice(from, end);
}
