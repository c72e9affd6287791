// node extract.mjs FOLDER: unpacks the Chromium that @sparticuz/chromium carries, and the libraries it may need beside it
// on a machine without a desktop, without running that package's own code.
import { chmodSync, createReadStream, createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { extract } from 'tar-fs';

const bin = join(dirname(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium'))), 'bin');
const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: node extract.mjs FOLDER');
const executable = join(folder, 'chromium');
if (!existsSync(executable)) {
  mkdirSync(folder, { recursive: true });
  await pipeline(createReadStream(join(bin, 'al2023.tar.br')), createBrotliDecompress(), extract(folder));
  const partial = `${executable}.part`;
  await pipeline(createReadStream(join(bin, 'chromium.br')), createBrotliDecompress({ chunkSize: 1 << 21 }), createWriteStream(partial));
  chmodSync(partial, 0o755);
  renameSync(partial, executable);
}
