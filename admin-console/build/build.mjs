// Installs the packages and builds the console, each only when what it is made from has changed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

// The lock file follows package.json; npm refuses to install when it does not.
const packages = ['package-lock.json', '.npmrc'];
const sources = [...packages, 'package.json', 'index.html', 'tsconfig.json', 'vite.config.ts', 'public', 'src', 'build'];

step('node_modules/.installed', packages, 'node_modules/vite', ['ci', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund']);
step('target/console.built', sources, 'target/classes/META-INF/resources/index.html', ['run', '--silent', 'build']);

function step(stamp, inputs, output, npm) {
  const digest = createHash('sha256');
  for (const input of inputs) add(digest, input);
  const wanted = digest.digest('hex');
  if (existsSync(output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  rmSync(stamp, { force: true });
  const { status, error } = spawnSync('npm', npm, { stdio: 'inherit' });
  if (error) throw new Error(`npm could not be started: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

function add(digest, path) {
  if (statSync(path).isDirectory()) {
    // The browser tests in src/test are not part of the console.
    for (const name of readdirSync(path).sort()) if (join(path, name) !== join('src', 'test')) add(digest, join(path, name));
  } else digest.update(path).update('\0').update(readFileSync(path)).update('\0');
}
