// Bundles style/main.css with its imports, and shrinks the JavaScript that wasm-bindgen wrote.
// Usage: node bundle.mjs <directory of wasm-bindgen> <directory for the results>
import { readFile, readdir, writeFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { transform } from 'esbuild';
import { bundle } from 'lightningcss';

const [bindgen, out] = process.argv.slice(2);

// Browsers since spring 2024, which know nesting and light-dark(); what they lack gets a prefix.
const version = (major, minor = 0) => (major << 16) | (minor << 8);
const { code } = bundle({
  filename: 'style/main.css',
  minify: true,
  targets: { chrome: version(123), firefox: version(121), safari: version(17, 5) },
});
await writeFile(path.join(out, 'dmm.css'), code);

for (const name of await readdir(bindgen, { recursive: true })) {
  if (!name.endsWith('.js')) continue;
  const source = await readFile(path.join(bindgen, name), 'utf8');
  const result = await transform(source, { format: 'esm', target: 'es2022', minify: true, legalComments: 'none' });
  const file = path.join(out, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, result.code);
}
