/** One table from verbs to what answers them. */
import type { AnswersPort } from './answers-port.ts';
import { answerBusNames, answerBusOwner } from './bus-verbs.ts';
import type { Client } from './conversation.ts';
import { answerIsolate, answerJob } from './job-verbs.ts';
import { answerListTriggers } from './list-triggers.ts';
import {
  answerCancel,
  answerDaemonReload,
  answerEnvironment,
  answerFreeze,
  answerJournal,
  answerKill,
  answerLogLevel,
  answerPower,
  answerResetFailed,
  answerSystemState,
} from './manager-verbs.ts';
import type { Request } from './protocol.ts';
import {
  answerDependencies,
  answerFiles,
  answerListJobs,
  answerListUnits,
  answerStates,
  answerStatus,
  answerUnitOfPid,
} from './query-verbs.ts';
import { answerShow } from './show-verb.ts';
import { answerSetProperty, answerStartTransient } from './transient-verbs.ts';
import { answerGetDefault, answerIsEnabled, answerListUnitFiles, answerUnitFiles } from './unit-file-verbs.ts';

export function answerRequest(request: Request, client: Client, port: AnswersPort): void {
  switch (request.verb) {
    case 'job':
      answerJob(request, client, port);
      break;
    case 'isolate':
      answerIsolate(request, client, port);
      break;
    case 'states':
      answerStates(request, client, port);
      break;
    case 'status':
      answerStatus(request, client, port);
      break;
    case 'list-units':
      answerListUnits(request, client, port);
      break;
    case 'list-jobs':
      answerListJobs(request, client, port);
      break;
    case 'files':
      answerFiles(request, client, port);
      break;
    case 'list-timers':
    case 'list-sockets':
    case 'list-paths':
    case 'list-automounts':
      answerListTriggers(request, client, port);
      break;
    case 'list-dependencies':
      answerDependencies(request, client, port);
      break;
    case 'unit-of-pid':
      answerUnitOfPid(request, client, port);
      break;
    case 'daemon-reload':
      answerDaemonReload(client, port);
      break;
    case 'daemon-reexec':
      port.again(); // the client waits for the end of its connection
      break;
    case 'environment':
      answerEnvironment(request, client, port);
      break;
    case 'system-state':
      answerSystemState(request, client, port);
      break;
    case 'log-level':
      answerLogLevel(request, client, port);
      break;
    case 'power':
      answerPower(request, client, port);
      break;
    case 'journal':
      answerJournal(request, client, port);
      break;
    default:
      answerUnitFileVerb(request, client, port);
  }
}

/** What unit files say, and what is enabled. */
function answerUnitFileVerb(request: Request, client: Client, port: AnswersPort): void {
  switch (request.verb) {
    case 'unit-files':
      answerUnitFiles(request, client, port);
      break;
    case 'show':
      answerShow(request, client, port);
      break;
    case 'is-enabled':
      answerIsEnabled(request, client, port);
      break;
    case 'list-unit-files':
      answerListUnitFiles(request, client, port);
      break;
    case 'get-default':
      answerGetDefault(client, port);
      break;
    default:
      answerWithoutJob(request, client, port);
  }
}

/** What is done to units at once. */
function answerWithoutJob(request: Request, client: Client, port: AnswersPort): void {
  if (request.verb === 'kill') answerKill(request, client, port);
  else if (request.verb === 'reset-failed') answerResetFailed(request, client, port);
  else if (request.verb === 'freeze' || request.verb === 'thaw') answerFreeze(request, client, port);
  else if (request.verb === 'set-property') answerSetProperty(request, client, port);
  else if (request.verb === 'start-transient') answerStartTransient(request, client, port);
  else if (request.verb === 'cancel') answerCancel(request, client, port);
  else if (request.verb === 'bus-names') answerBusNames(client, port);
  else if (request.verb === 'bus-owner') answerBusOwner(request, client, port);
  else refuse(request.verb, client);
}

/** A verb of the protocol that PID 1 does not know yet. */
function refuse(verb: string, client: Client): void {
  client.reply({ is: 'error', error: { name: 'NotSupported', message: `Verb ${verb} is not supported yet.` } });
  client.end();
}
