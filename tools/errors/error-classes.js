import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/**
 * @typedef {object} ErrorClass
 * @property {string} lib the folder it lies in
 * @property {string} name
 * @property {string} code
 * @property {boolean} retryable
 * @property {string} meaning its doc comment, in one line
 */

/**
 * Finds the classes of errors in the sources of all libraries: those with a `code` that is written down.
 * @param {string} root a checkout
 * @returns {ErrorClass[]} by folder and code
 */
export function errorClasses(root) {
  const libs = join(root, 'libs');
  return readdirSync(libs)
    .flatMap((lib) =>
      readdirSync(join(libs, lib), { recursive: true, encoding: 'utf8' })
        .filter((path) => /(?<![.-]spec)[.]ts$/.test(path))
        .flatMap((path) => classesIn(lib, join(libs, lib, path))),
    )
    .sort((one, other) => (`${one.lib} ${one.code}` < `${other.lib} ${other.code}` ? -1 : 1));
}

/**
 * @param {string} lib
 * @param {string} path
 * @returns {ErrorClass[]}
 */
function classesIn(lib, path) {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  return source.statements.filter(ts.isClassDeclaration).flatMap((declaration) => {
    const code = valueOf(declaration, 'code');
    if (code === undefined || !ts.isStringLiteral(code) || !isError(declaration)) return [];
    const name = declaration.name?.text ?? '';
    const retryable = valueOf(declaration, 'retryable')?.kind === ts.SyntaxKind.TrueKeyword;
    const meaning = commentOf(declaration);
    if (meaning === '') throw new Error(`${path}: ${name} has no doc comment to say what its code means`);
    return [{ lib, name, code: code.text, retryable, meaning }];
  });
}

/** @param {ts.ClassDeclaration} declaration @returns {boolean} whether it extends something, as every error does */
const isError = (declaration) =>
  declaration.heritageClauses?.some(({ token }) => token === ts.SyntaxKind.ExtendsKeyword) ?? false;

/**
 * @param {ts.ClassDeclaration} declaration
 * @param {string} name
 * @returns {ts.Expression | undefined} what the property is set to
 */
function valueOf(declaration, name) {
  const property = declaration.members
    .filter(ts.isPropertyDeclaration)
    .find((member) => ts.isIdentifier(member.name) && member.name.text === name);
  const value = property?.initializer;
  return value !== undefined && ts.isAsExpression(value) ? value.expression : value;
}

/** @param {ts.ClassDeclaration} declaration @returns {string} */
function commentOf(declaration) {
  const [comment] = ts.getJSDocCommentsAndTags(declaration).filter(ts.isJSDoc);
  return (ts.getTextOfJSDocComment(comment?.comment) ?? '').replaceAll(/\s+/g, ' ').trim();
}
