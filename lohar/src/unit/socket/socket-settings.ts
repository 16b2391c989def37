/** [Socket] as it was read, but for what it has in common with services. Facts: systemd.socket(5). */
import type { OwnSettings } from '../directive/own-section.ts';
import type { Usec } from '../value/time-span.ts';
import type { Listen } from './listen-address.ts';

export interface SocketSettings extends OwnSettings {
  readonly listen: readonly Listen[];
  /** '' until the unit is complete; a template's with Accept=yes. */
  readonly Service: string;
  readonly Accept: boolean;
  readonly BindIPv6Only: 'default' | 'both' | 'ipv6-only';
  readonly Backlog: number;
  readonly BindToDevice: string;
  readonly SocketUser: string;
  readonly SocketGroup: string;
  readonly SocketMode: number;
  readonly DirectoryMode: number;
  readonly FlushPending: boolean;
  readonly MaxConnections: number;
  readonly MaxConnectionsPerSource: number;
  readonly KeepAlive: boolean;
  readonly KeepAliveTimeSec: Usec;
  readonly KeepAliveIntervalSec: Usec;
  readonly KeepAliveProbes: number;
  readonly DeferAcceptSec: Usec;
  readonly NoDelay: boolean;
  /** -1: not set. */
  readonly Priority: number;
  readonly ReceiveBuffer: number;
  readonly SendBuffer: number;
  readonly IPTOS: number;
  readonly IPTTL: number;
  readonly Mark: number;
  readonly PipeSize: number;
  readonly FreeBind: boolean;
  readonly Transparent: boolean;
  readonly Broadcast: boolean;
  readonly PassCredentials: boolean;
  readonly PassSecurity: boolean;
  readonly PassPacketInfo: boolean;
  readonly TCPCongestion: string;
  readonly ReusePort: boolean;
  readonly RemoveOnStop: boolean;
  readonly Writable: boolean;
  readonly Symlinks: readonly string[];
  readonly FileDescriptorName: string;
  readonly TimeoutSec: Usec;
  readonly TriggerLimitIntervalSec: Usec;
  /** -1: 200 with Accept=yes, else 20. */
  readonly TriggerLimitBurst: number;
}
