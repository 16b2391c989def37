/** Small files that are made here, as an archive like the others. */
import { writeFile } from 'node:fs/promises';
import { padded, type TarEntry } from '../tar/entry.ts';
import { tarHeader } from '../tar/write-header.ts';

export interface Generated {
  readonly name: string;
  readonly content: string;
  readonly mode?: number;
  /** A symbolic link's target instead of content. */
  readonly target?: string;
}

export async function writeGenerated(path: string, files: readonly Generated[]): Promise<void> {
  const blocks = files.flatMap(({ name, content, mode = 0o644, target = '' }) => {
    const bytes = Buffer.from(content);
    const size = target === '' ? bytes.length : 0;
    const type: TarEntry['type'] = target === '' ? 'file' : 'symlink';
    const plain = { uid: 0, gid: 0, mtime: Math.floor(Date.now() / 1000), major: 0, minor: 0, extended: new Map() };
    const data = Buffer.alloc(padded(size));
    bytes.copy(data);
    return [tarHeader({ ...plain, name, type, mode, target, size }), data];
  });
  await writeFile(path, Buffer.concat([...blocks, Buffer.alloc(1024)]), { mode: 0o600 });
}
