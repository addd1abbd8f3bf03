export { type Barrier, createBarrier } from './barrier.ts'
export { type Chunking, perByte, perEvent, randomChunks, whole } from './chunking.ts'
export { type ContentEncoding, decodeContent, encodeContent, isContentEncoding } from './content-encoding.ts'
export { type ExpectedUsage, loadExpectedUsage, parseExpectedUsage } from './expected-usage.ts'
export { isLoopbackHost, NetworkRefused, takeRefusedConnections } from './loopback-only.ts'
export { createRandom, type Random, seedFrom } from './random.ts'
export { type RecordingSet, recordingSets, recordingsRoot } from './recordings.ts'
export {
  listTranscripts,
  loadTranscript,
  loadTranscripts,
  parseTranscriptMeta,
  type Transcript,
  type TranscriptMeta,
  type TranscriptReference,
} from './replay.ts'
export { type Replay, type ReplayCut, replayAnswer, replayCuts } from './replay-answer.ts'
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
