/** What VMs are forked from: a template, or a machine that goes on beside them. */
import type { LayerFile } from '../vm/folder.ts';

export interface ForkBase {
  /** Of its disk, the lowest first; none is written. */
  readonly layers: readonly LayerFile[];
  /** Bytes of the disk that its guest sees. */
  readonly diskBytes: number;
  /** Path of the state of its devices. */
  readonly state: string;
  /** Path through which another process opens its memory, which nobody can write to. */
  readonly memory: string;
  /** It was a sandbox: since when its processors stand still, ms since 1970. */
  readonly live?: { readonly atMs: number };
}
