/**
 * `node tools/list-errors.js` writes docs/errors.md from the doc comments of the error classes. With `--check` it only
 * fails when the file is out of date. `--root FOLDER` takes another checkout than this one.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { errorClasses } from './errors/error-classes.js';

const HEAD = `# Errors

Every error of Annals extends \`AnnalsError\` of \`@annals/message\`. Tell errors apart by their \`code\`, with
\`hasCode(error, 'STORE_…')\`, never by \`instanceof\` or by their message: two copies of a package in one process have two
classes, but one code. A code never changes. Its first word says whose rule was broken, which may be another library
than the one that throws it.

*Retry*: whether the same call may succeed later, or with state read afresh (\`error.retryable\`). The message of an error
names the values at fault; what was caught, such as the driver's error, is its \`cause\`.

This page is made from the doc comments of the classes by \`npm run docs:errors\`.
`;

/** @param {import('./errors/error-classes.js').ErrorClass[]} classes @returns {string} */
function page(classes) {
  const sections = [...new Set(classes.map(({ lib }) => lib))].map((lib) => {
    const rows = classes
      .filter((each) => each.lib === lib)
      .map(({ code, name, retryable, meaning }) => {
        const text = meaning.replaceAll('|', '\\|');
        return `| \`${code}\` | \`${name}\` | ${retryable ? 'yes' : 'no'} | ${text} |`;
      });
    return `\n## @annals/${lib}\n\n| code | class | retry | what has happened |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  return HEAD + sections.join('');
}

const HERE = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({ options: { check: { type: 'boolean' }, root: { type: 'string', default: HERE } } });
const file = join(values.root, 'docs/errors.md');
const style = await resolveConfig(join(HERE, 'docs/errors.md'));
const wanted = await format(page(errorClasses(values.root)), { ...style, parser: 'markdown' });

if (values.check !== true) {
  writeFileSync(file, wanted);
} else if (readFileSync(file, 'utf8') !== wanted) {
  console.error('docs/errors.md is out of date: run `npm run docs:errors`');
  process.exitCode = 1;
}
