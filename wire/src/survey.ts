/** What `lohar survey` says of a sandbox, a line of JSON each, for a comparison of two. */
import { finite, integer, object, oneOf, type Shape, tagged, text } from './shape.ts';

export interface SurveyedFile {
  readonly is: 'file';
  /** Raw bytes stand in it as lone surrogates. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'fifo' | 'socket' | 'char' | 'block';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtimeMs: number;
  /** When anything of it was last changed; no program can set this. */
  readonly ctimeMs: number;
  /** Of a symlink. */
  readonly target?: string;
}

export interface SurveyedProcess {
  readonly is: 'process';
  readonly pid: number;
  /** In clock ticks since the kernel started: with the pid it tells one process from all others of a boot. */
  readonly startTicks: number;
  /** Quoted as systemd does it. */
  readonly command: string;
}

export interface SurveyedPort {
  readonly is: 'port';
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
}

export type SurveyLine = SurveyedFile | SurveyedProcess | SurveyedPort;

const PATH_LENGTH_MAX = 64 * 1024;
const U32_MAX = 4294967295;
const size = integer(0, Number.MAX_SAFE_INTEGER);
const id = integer(0, U32_MAX);

export const surveyLine: Shape<SurveyLine> = tagged('is', {
  file: object(
    {
      path: text(PATH_LENGTH_MAX),
      type: oneOf('file', 'directory', 'symlink', 'fifo', 'socket', 'char', 'block'),
      mode: integer(0, 0o7777),
      uid: id,
      gid: id,
      size,
      mtimeMs: finite,
      ctimeMs: finite,
    },
    { target: text(PATH_LENGTH_MAX) },
  ),
  process: object({ pid: id, startTicks: size, command: text(PATH_LENGTH_MAX) }),
  port: object({ protocol: oneOf('tcp', 'udp'), address: text(64), port: integer(0, 65535) }),
});
