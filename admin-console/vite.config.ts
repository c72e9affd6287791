import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// A running gateway for `npm run dev`.
const gateway = process.env['ALTIPLANO_URL'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  base: '/',
  plugins: [react()],
  build: {
    outDir: 'target/classes/META-INF/resources',
    emptyOutDir: true,
    sourcemap: false,
    target: 'es2022',
    // Data: URLs would need a wider content security policy.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|react-router|scheduler|@tanstack)[\\/]/ },
            { name: 'patternfly', test: /node_modules[\\/]@patternfly[\\/](?!react-charts)/ },
          ],
        },
      },
    },
  },
  server: { proxy: { '/v1': gateway, '/auth': gateway, '/admin': gateway } },
});
