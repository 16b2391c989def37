/** Archives as other programs make them, small enough to write down. */
import { createHash } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type EntryType, padded } from '@bhatti/host/builder/tar/entry.ts';
import { tarHeader } from '@bhatti/host/builder/tar/write-header.ts';

export interface Member {
  readonly name: string;
  readonly type?: EntryType;
  readonly content?: string | Buffer;
  readonly target?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly major?: number;
  readonly minor?: number;
  readonly attributes?: Readonly<Record<string, string>>;
}

export function tar(members: readonly Member[]): Buffer {
  const blocks = members.flatMap((member) => {
    const { name, type = 'file', mode = type === 'directory' ? 0o755 : 0o644, uid = 0, gid = 0 } = member;
    const content = Buffer.from(member.content ?? '');
    const data = Buffer.alloc(padded(content.length));
    content.copy(data);
    const attributes = Object.entries(member.attributes ?? {});
    const extended = new Map(attributes.map(([key, value]) => [`SCHILY.xattr.${key}`, value]));
    const { target = '', major = 0, minor = 0 } = member;
    const header = { name, type, mode, uid, gid, mtime: 1_700_000_000, target, major, minor, extended };
    return [tarHeader({ ...header, size: content.length }), data];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

export const sha256 = (content: Buffer): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;

export interface ImageOrder {
  readonly layers: readonly Buffer[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly packed: 'none' | 'gzip' | 'zstd';
  readonly architecture?: string;
}

export interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly content: Buffer;
}

/** The documents and layers of an image: image-spec of opencontainers.org. */
export function image(order: ImageOrder): { readonly manifest: Blob; readonly blobs: readonly Blob[] } {
  const { architecture = 'amd64', config = {} } = order;
  const pack = { none: (b: Buffer) => b, gzip: (b: Buffer) => gzipSync(b), zstd: (b: Buffer) => zstdCompressSync(b) };
  const suffix = { none: 'tar', gzip: 'tar+gzip', zstd: 'tar+zstd' }[order.packed];
  const blob = (kind: string, content: Buffer): Blob => ({
    mediaType: `application/vnd.oci.image.${kind}`,
    digest: sha256(content),
    size: content.length,
    content,
  });
  const layers = order.layers.map((layer) => blob(`layer.v1.${suffix}`, pack[order.packed](layer)));
  const rootfs = { type: 'layers', diff_ids: order.layers.map(sha256) };
  const settings = blob('config.v1+json', json({ architecture, os: 'linux', config, rootfs }));
  const described = ({ mediaType, digest, size }: Blob) => ({ mediaType, digest, size });
  const document = { schemaVersion: 2, config: described(settings), layers: layers.map(described) };
  const manifest = blob(
    'manifest.v1+json',
    json({ mediaType: 'application/vnd.oci.image.manifest.v1+json', ...document }),
  );
  return { manifest, blobs: [settings, ...layers] };
}

export const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** An OCI layout as one archive. */
export function ociLayout(order: ImageOrder): Buffer {
  const { manifest, blobs } = image(order);
  const { mediaType, digest, size } = manifest;
  return tar([
    { name: 'oci-layout', content: json({ imageLayoutVersion: '1.0.0' }) },
    { name: 'index.json', content: json({ schemaVersion: 2, manifests: [{ mediaType, digest, size }] }) },
    ...[manifest, ...blobs].map((blob) => ({ name: `blobs/${blob.digest.replace(':', '/')}`, content: blob.content })),
  ]);
}

/** What `docker save` wrote before it knew layouts; equal layers are links. */
export function dockerSave(order: ImageOrder): Buffer {
  const { blobs } = image({ ...order, packed: 'none' });
  const [config, ...layers] = blobs;
  const names = layers.map((_, number) => `${number}/layer.tar`);
  return tar([
    { name: 'config.json', content: config?.content ?? '' },
    ...layers.map((layer, number) => ({ name: names[number] ?? '', content: layer.content })),
    { name: 'manifest.json', content: json([{ Config: 'config.json', RepoTags: ['test:1'], Layers: names }]) },
  ]);
}
