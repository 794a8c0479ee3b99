// Finds the guards of a source file, and makes a text of it in which each can be removed at run time, by its number.
// What counts as a guard:
//
//   if (a && b) …        without else: never; without `a`; without `b`
//   a || b, a && b       anywhere: without the one, without the other
//   Flag.a | Flag.b      without the one, without the other
//   [x.a, x.b]           in a list of names: without the one, without the other
//   case x.a:            that shares its statements with others or only returns or throws: as if it did not stand there
//   checkThis(…);        a statement that calls something that checks: not called
//   op(Wasm.i32Or)       and And, emitted: without the one operand, without the other
import ts from 'typescript';

/** The function that says whether the mutant with this number is the one that runs. */
export const runsMutant = '__runsMutant';

/** Calls that, as statements, are guards or marks. */
const checking = /^(check|require|failIf|reserve$|markAccessed$)/;
const emittedJoin = /^Wasm\.i32(Or|And)$/;

/**
 * `fileName`: as it is shown. Numbers its mutants from `first`. Gives them, `{ number, line, place, change }`, and the text that
 * has them all.
 */
export function findMutants(fileName, text, first) {
  const source = ts.createSourceFile(fileName, text, ts.ScriptTarget.Latest, true);
  return new Finder(source, fileName, first).find();
}

class Finder {
  mutants = [];

  constructor(source, fileName, first) {
    Object.assign(this, { source, fileName, first });
  }

  find() {
    return { text: this.render(this.source), mutants: this.mutants };
  }

  /** A new mutant's condition: true while it is the one that runs. */
  mutant(node, change) {
    const number = this.first + this.mutants.length;
    const { line } = this.source.getLineAndCharacterOfPosition(node.getStart());
    this.mutants.push({ number, file: this.fileName, line: line + 1, place: placeOf(node), change });
    return `${runsMutant}(${number})`;
  }

  render(node) {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node)) return node.getFullText();
    if (ts.isIfStatement(node) && !node.elseStatement) return this.renderIf(node);
    if (ts.isCaseClause(node) && isGuardingCase(node)) return this.renderCase(node);
    if (ts.isExpressionStatement(node) && ts.isCallExpression(node.expression)) return this.renderCall(node);
    if (isJoin(node)) return this.renderJoin(node);
    if (ts.isArrayLiteralExpression(node) && isListOfNames(node)) return this.renderList(node);
    return this.renderChildren(node);
  }

  renderChildren(node) {
    let rendered = '';
    let end = node.pos;
    ts.forEachChild(node, child => {
      rendered += this.source.text.slice(end, child.pos) + this.render(child);
      end = child.end;
    });
    return rendered + this.source.text.slice(end, node.end);
  }

  renderIf(node) {
    const { expression, thenStatement } = node;
    const condition = this.mutant(node, `never \`if (${shown(expression)}) ${shown(thenStatement)}\``);
    const between = this.source.text.slice(expression.end, thenStatement.pos);
    const head = `${this.source.text.slice(node.pos, expression.pos)}!(${condition}) && (${this.render(expression)})`;
    return head + between + this.render(thenStatement);
  }

  renderCase(node) {
    const { expression } = node;
    const condition = this.mutant(node, `without \`case ${shown(expression)}\``);
    const rest = node.statements.map(statement => this.render(statement)).join('');
    return `${leading(node)}case (${condition}) ? {} : (${expression.getText()}):${rest}`;
  }

  renderCall(node) {
    const { expression } = node;
    const name = calledName(expression);
    if (name === 'op' && emittedJoin.test(expression.arguments[0]?.getText() ?? ''))
      return this.renderEmittedJoin(node);
    if (!checking.test(name)) return this.renderChildren(node);
    const condition = this.mutant(node, `without \`${shown(node)}\``);
    const inner = this.renderChildren(node);
    // what is emitted must take its condition off the stack
    const instead = name === 'failIf' ? 'this.threading.values.op(Wasm.drop);' : '';
    return `${leading(node)}if (${condition}) { ${instead} } else {${inner}\n}`;
  }

  renderEmittedJoin(node) {
    const emitter = node.expression.expression.expression.getText();
    const what = shown(node.expression.arguments[0]);
    const second = this.mutant(node, `\`${what}\` without its second operand`);
    const first = this.mutant(node, `\`${what}\` without its first operand`);
    const select = `{ ${emitter}.i32(0); ${emitter}.op(Wasm.select); }`;
    return `${leading(node)}if (${second}) ${emitter}.op(Wasm.drop); else if (${first}) ${select} else ${node.getText()}`;
  }

  renderJoin(node) {
    const operands = operandsOf(node, node.operatorToken.kind);
    const operator = node.operatorToken.getText();
    const conditions = operands.map(operand =>
      this.mutant(operand, `\`${shown(node)}\` without \`${shown(operand)}\``),
    );
    const texts = operands.map(operand => `(${this.render(operand)})`);
    const join = chosen => chosen.join(` ${operator} `);
    const without = conditions.map((condition, index) => `${condition} ? ${join(texts.toSpliced(index, 1))} : `);
    return `${leading(node)}(${without.join('')}${join(texts)})`;
  }

  renderList(node) {
    const elements = node.elements.map(element => {
      const condition = this.mutant(element, `\`${shown(node)}\` without \`${shown(element)}\``);
      return `...((${condition}) ? [] : [${element.getText()}])`;
    });
    return `${leading(node)}[${elements.join(', ')}]`;
  }
}

const leading = node => node.getFullText().slice(0, node.getLeadingTriviaWidth());
const shown = node => node.getText().replace(/\s+/g, ' ');
const calledName = ({ expression }) =>
  (ts.isPropertyAccessExpression(expression) ? expression.name : expression).getText();

const joins = [ts.SyntaxKind.AmpersandAmpersandToken, ts.SyntaxKind.BarBarToken];

function isJoin(node) {
  if (!ts.isBinaryExpression(node)) return false;
  const { kind } = node.operatorToken;
  return joins.includes(kind) || (kind === ts.SyntaxKind.BarToken && operandsOf(node, kind).every(isName));
}

function operandsOf(node, kind) {
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== kind) return [node];
  return [...operandsOf(node.left, kind), ...operandsOf(node.right, kind)];
}

/** `Flag.name`: a member of a table of names. */
const isName = node => ts.isPropertyAccessExpression(node) && /^[A-Z]/.test(node.getText());

const isListOfNames = ({ elements }) => elements.length > 1 && elements.every(isName);

function isGuardingCase({ statements }) {
  if (statements.length > 1) return false;
  return statements.every(statement => ts.isReturnStatement(statement) || ts.isThrowStatement(statement));
}

/** The function or the constant in which a node stands. */
function placeOf(node) {
  for (let at = node; at; at = at.parent) {
    const isNamed = ts.isFunctionDeclaration(at) || ts.isMethodDeclaration(at) || ts.isAccessor(at);
    if ((isNamed || (ts.isVariableDeclaration(at) && isOutermost(at))) && at.name) return at.name.getText();
  }
  return '';
}

const isOutermost = declaration => ts.isSourceFile(declaration.parent.parent.parent);
