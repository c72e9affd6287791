// Fails the build when the scripts of the console, compressed as a browser fetches them, outgrow their budgets: one for what
// the first page waits for, and one for all of them, most of which are fetched with the page that needs them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const FIRST = 250_000;
const ALL = 400_000;
const folder = process.argv[2] ?? 'target/classes/META-INF/resources';
const names = readdirSync(join(folder, 'assets'));
const page = readFileSync(join(folder, 'index.html'), 'utf8');
const size = (wanted) =>
  names.filter(wanted).reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, 'assets', name)), { level: 9 }).length, 0);
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

const first = size((name) => name.endsWith('.js') && page.includes(name));
const all = size((name) => name.endsWith('.js'));
console.log(`console bundle: ${kilobytes(first)} of scripts at first (budget ${kilobytes(FIRST)}), ${kilobytes(all)} in all `
  + `(budget ${kilobytes(ALL)}), ${kilobytes(size((name) => name.endsWith('.css')))} of styles, gzipped`);
if (first > FIRST || all > ALL) {
  console.error('The scripts of the console are larger than their budget.');
  process.exit(1);
}
