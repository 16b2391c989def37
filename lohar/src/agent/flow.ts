/** What both directions between a descriptor and a channel share. */
import type { Channel } from '@bhatti/wire/messages.ts';
import type { GuestStream } from './context.ts';

/** How many may have a wide window, or a wide pipe, at a time: both cost memory. */
export const WIDE_MAX = 16;
export const WIDE_PIPE_SIZE: number = 256 * 1024;

export interface Target {
  readonly stream: GuestStream;
  readonly channel: Channel;
}
