/** Directives of unit types that are loaded and listed but not run yet: they are known, so that nobody is warned. */

const keys = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** section -> its own directives. Facts: systemd.socket(5), .timer(5), .path(5), .mount(5), .automount(5), .swap(5), .scope(5). */
export const FOREIGN_KEYS: Readonly<Record<string, ReadonlySet<string>>> = {
  Socket:
    keys(`ListenStream ListenDatagram ListenSequentialPacket ListenFIFO ListenNetlink ListenSpecial ListenMessageQueue
    ListenUSBFunction SocketProtocol BindIPv6Only Backlog BindToDevice ExecStartPre ExecStartPost ExecStopPre ExecStopPost
    TimeoutSec SocketUser SocketGroup SocketMode DirectoryMode Accept FlushPending Writable MaxConnections
    MaxConnectionsPerSource KeepAlive KeepAliveTimeSec KeepAliveIntervalSec KeepAliveProbes DeferAcceptSec NoDelay Priority
    ReceiveBuffer SendBuffer IPTOS IPTTL Mark PipeSize FreeBind Transparent Broadcast PassCredentials PassSecurity
    PassPacketInfo Timestamping TCPCongestion ReusePort MessageQueueMaxMessages MessageQueueMessageSize RemoveOnStop Symlinks
    FileDescriptorName Service TriggerLimitIntervalSec TriggerLimitBurst PollLimitIntervalSec PollLimitBurst SmackLabel
    SmackLabelIPIn SmackLabelIPOut SELinuxContextFromNet`),
  Path: keys(`PathExists PathExistsGlob PathChanged PathModified DirectoryNotEmpty Unit MakeDirectory DirectoryMode
    TriggerLimitIntervalSec TriggerLimitBurst`),
  Mount: keys('What Where Options Type TimeoutSec DirectoryMode SloppyOptions LazyUnmount ForceUnmount ReadWriteOnly'),
  Automount: keys('Where ExtraOptions DirectoryMode TimeoutIdleSec'),
  Swap: keys('What Priority Options TimeoutSec'),
  Scope: keys('RuntimeMaxSec RuntimeRandomizedExtraSec TimeoutStopSec OOMPolicy'),
};
