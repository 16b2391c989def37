/** The real kernel as the port wants it. */
import { address, cycles, decodeLossless, encodeLossless, probe, writeFrames } from 'native';
import type { Sys } from '../sys.ts';
import * as clock from './clock.ts';
import * as descriptors from './descriptors.ts';
import * as files from './files.ts';
import * as inotify from './inotify.ts';
import { attempt } from './kernel.ts';
import * as machine from './machine.ts';
import * as messages from './messages.ts';
import * as network from './network.ts';
import * as paths from './paths.ts';
import * as processes from './processes.ts';
import * as sockets from './sockets.ts';
import * as stat from './stat.ts';
import { destroyTcp } from './tcp-destroy.ts';

export const linuxSys: Sys = {
  ...files,
  ...stat,
  ...paths,
  ...descriptors,
  ...inotify,
  ...sockets,
  ...messages,
  ...processes,
  ...clock,
  ...machine,
  ...network,
  destroyTcp,
  decode: decodeLossless,
  encode: encodeLossless,
  attempt,
  addressOf: address,
  probe,
  writeFrames,
  cycles,
};
