/** /proc/net/tcp, udp and their namesakes for IPv6: proc(5). Pure. */
import type { SocketEnd } from '@bhatti/runtime/sys.ts';

export interface SocketRow {
  readonly local: SocketEnd;
  readonly remote: SocketEnd;
  /** Two digits: include/net/tcp_states.h. */
  readonly state: string;
}

export function socketRows(table: string): SocketRow[] {
  return table.split('\n').flatMap((line) => {
    const [, local = '', remote = '', state = ''] = line.trim().split(/\s+/);
    const ends = [endOf(local), endOf(remote)] as const;
    return ends[0] === null || ends[1] === null ? [] : [{ local: ends[0], remote: ends[1], state }];
  });
}

/** `0F02000A:0016` */
function endOf(text: string): SocketEnd | null {
  const [, words = '', port = ''] = /^((?:[0-9A-F]{8}){1,4}):([0-9A-F]{4})$/.exec(text) ?? [];
  return words === '' ? null : { address: bytesOf(words), port: Number.parseInt(port, 16) };
}

/** Words of four bytes, each printed as a number of a little-endian machine. */
function bytesOf(words: string): Uint8Array {
  const bytes = Uint8Array.from(words.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  for (let at = 0; at < bytes.length; at += 4) bytes.subarray(at, at + 4).reverse();
  return bytes;
}
