import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createApp } from './app.ts';
import { startFakeDaemon } from './fake-daemon.ts';
import { ask } from './test-client.ts';

interface Document {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, { summary?: string; responses: object }>>>>;
}

async function document(): Promise<{ document: Document; routes: string[] }> {
  await using daemon = await startFakeDaemon();
  const { bytes } = await ask(daemon.socket, 'GET', '/openapi.json');
  const app = createApp({
    context: daemon.context,
    version: '0.0.0',
    startedMs: 0,
    ending: new AbortController().signal,
  });
  const routes = app.routes
    .filter(({ method, path }) => method !== 'ALL' && path !== '/openapi.json')
    .map(({ method, path }) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
  return { document: JSON.parse(bytes.toString()), routes: [...new Set(routes)].sort() };
}

test('the document describes every route, and no other', async () => {
  const { document: described, routes } = await document();
  const listed = Object.entries(described.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  assert.deepEqual(listed.sort(), routes);
  assert.ok(routes.length >= 30);
});

test('every route says what it does and how it answers', async () => {
  const { document: described } = await document();
  assert.deepEqual([described.openapi, described.info.version], ['3.1.0', '0.0.0']);
  for (const [path, methods] of Object.entries(described.paths)) {
    for (const [method, { summary, responses }] of Object.entries(methods)) {
      assert.ok(summary !== undefined && Object.keys(responses).length > 0, `${method} ${path}`);
    }
  }
});
