/** A maker that only looks at what it is given, for the tests of operations and API. */
import type { Progress } from './engine.ts';
import type { ImageMaker, ImportedImage, PulledImage, Received, SavedRoot } from './image-maker.ts';
import type { ImageManifest, ImageOrigin } from './images.ts';

const HASH = '0'.repeat(64);

export class FakeImageMaker implements ImageMaker {
  /** What was made, and of how many bytes. */
  readonly made: { readonly name: string; readonly bytes: number }[] = [];

  async save(root: SavedRoot, progress: Progress, signal: AbortSignal): Promise<ImageManifest> {
    progress.step('reading');
    let bytes = 0;
    for await (const part of root.root) bytes += part.length;
    signal.throwIfAborted();
    return this.#keep(root.name, bytes, { kind: 'saved', from: root.from });
  }

  async receive(content: AsyncIterable<Uint8Array>): Promise<Received> {
    let bytes = 0;
    for await (const part of content) bytes += part.length;
    return { path: `${bytes}`, async [Symbol.asyncDispose]() {} };
  }

  async import({ name, from, archive }: ImportedImage): Promise<ImageManifest> {
    return this.#keep(name, Number(archive.path), { kind: 'imported', from });
  }

  async pull({ name, reference }: PulledImage): Promise<ImageManifest> {
    return this.#keep(name, 0, { kind: 'pulled', from: reference });
  }

  #keep(name: string, bytes: number, origin: ImageOrigin): ImageManifest {
    this.made.push({ name, bytes });
    return {
      ...{ tier: name, description: '', origin, arch: 'amd64', builtAt: '2026-01-01T00:00:00Z', sha256: HASH },
      ...{ uuid: '00000000-0000-0000-0000-000000000000', usedBytes: bytes, sizeBytes: bytes, packages: {}, units: [] },
      ...{ kernel: { file: 'vmlinux', version: '6', sha256: HASH }, lohar: { version: '0', sha256: HASH } },
      ...{ minimum: { cpus: 1, memoryMib: 256 }, defaults: { cpus: 1, memoryMib: 512 } },
    };
  }
}
