export { type Barrier, createBarrier } from './barrier.ts'
export { type ContentEncoding, decodeContent, encodeContent, isContentEncoding } from './content-encoding.ts'
export { isLoopbackHost, NetworkRefused, takeRefusedConnections } from './loopback-only.ts'
export {
  type AnswerEnd,
  type BodyStep,
  eventStreamAnswer,
  htmlAnswer,
  jsonAnswer,
  neverAnswer,
  redirectAnswer,
  type ScriptedAnswer,
} from './scripted-answer.ts'
export {
  type ScriptedRequest,
  type ScriptedUpstream,
  startScriptedUpstream,
  type UpstreamScript,
} from './scripted-upstream.ts'
