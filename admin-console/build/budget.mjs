// Fails the build when the scripts of the console, compressed as a browser fetches them, outgrow their budget.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const BUDGET = 350_000;
const folder = process.argv[2] ?? 'target/classes/META-INF/resources';
const assets = join(folder, 'assets');
const size = (ending) =>
  readdirSync(assets)
    .filter((name) => name.endsWith(ending))
    .reduce((sum, name) => sum + gzipSync(readFileSync(join(assets, name)), { level: 9 }).length, 0);

const scripts = size('.js');
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
console.log(`console bundle: ${kilobytes(scripts)} of scripts (budget ${kilobytes(BUDGET)}), ${kilobytes(size('.css'))} of styles, gzipped`);
if (scripts > BUDGET) {
  console.error(`The scripts of the console take ${kilobytes(scripts)} gzipped; the budget is ${kilobytes(BUDGET)}.`);
  process.exit(1);
}
