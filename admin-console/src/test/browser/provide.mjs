// node provide.mjs FOLDER: puts a Chromium into the folder, unpacked from the package @sparticuz/chromium without running
// that package's own code, and the libraries beside it that a machine without a desktop lacks. Does nothing when it is
// there, or when the environment variable CHROMIUM names another.
import { spawnSync } from 'node:child_process';
import { chmodSync, createReadStream, createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: node provide.mjs FOLDER');
const executable = join(folder, 'chromium');
if (!existsSync(executable) && !process.env.CHROMIUM) {
  const npm = spawnSync('npm', ['ci', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { stdio: 'inherit' });
  if (npm.status !== 0) throw new Error('npm could not fetch the Chromium of the browser tests; CHROMIUM may name one that is installed');
  const require = createRequire(import.meta.url);
  const bin = join(dirname(dirname(require.resolve('@sparticuz/chromium'))), 'bin');
  mkdirSync(folder, { recursive: true });
  await pipeline(createReadStream(join(bin, 'al2023.tar.br')), createBrotliDecompress(), require('tar-fs').extract(folder));
  const partial = `${executable}.part`;
  await pipeline(createReadStream(join(bin, 'chromium.br')), createBrotliDecompress({ chunkSize: 1 << 21 }), createWriteStream(partial));
  chmodSync(partial, 0o755);
  renameSync(partial, executable);
}
