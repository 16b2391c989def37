unit(){ printf "[Unit]\n$2\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n" > $U/t-cd$1.service; }
mkdir -p /tmp/t-dir /tmp/t-full; touch /tmp/t-full/x /tmp/t-empty; echo 1 > /tmp/t-file; ln -s t-file /tmp/t-link
n=0; while read -r line; do n=$((n+1)); unit $n "$line"; echo "$n $line" >> /tmp/t-conds; done <<'E'
ConditionPathExists=/tmp/t-file
ConditionPathExists=!/tmp/t-file
ConditionPathExists=/nope
ConditionPathExistsGlob=/tmp/t-f*
ConditionPathIsDirectory=/tmp/t-dir
ConditionPathIsDirectory=/tmp/t-file
ConditionPathIsSymbolicLink=/tmp/t-link
ConditionPathIsMountPoint=/proc
ConditionPathIsReadWrite=/tmp
ConditionDirectoryNotEmpty=/tmp/t-dir
ConditionDirectoryNotEmpty=/tmp/t-full
ConditionFileNotEmpty=/tmp/t-empty
ConditionFileNotEmpty=/tmp/t-file
ConditionFileIsExecutable=/bin/true
ConditionFileIsExecutable=/tmp/t-file
ConditionVirtualization=yes
ConditionVirtualization=container
ConditionHost=lab
ConditionHost=!lab
ConditionUser=root
ConditionUser=daemon
ConditionUser=0
ConditionGroup=root
ConditionArchitecture=x86-64
ConditionArchitecture=arm64
ConditionKernelCommandLine=console
ConditionKernelCommandLine=bogus
ConditionMemory=>100M
ConditionMemory=>100G
ConditionCPUs=>=1
ConditionCPUs=>5
ConditionACPower=true
ConditionFirstBoot=no
ConditionCapability=CAP_SYS_ADMIN
ConditionPathExists=|/nope\nConditionPathExists=|/tmp/t-file
ConditionPathExists=|/nope\nConditionPathExists=|/nope2
ConditionPathExists=/nope\nConditionPathExists=
ConditionEnvironment=PATH
ConditionKernelVersion=>3
ConditionControlGroupController=memory
ConditionOSRelease=ID=ubuntu
ConditionBogus=1
E
dr
systemctl start $(seq -f t-cd%g.service $n)
while read -r i line; do echo "$line: $(systemctl show -P ConditionResult t-cd$i) $(systemctl show -P ActiveState t-cd$i)"; done < /tmp/t-conds
