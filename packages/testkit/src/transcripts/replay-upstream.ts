import type { Transcript } from '../replay.ts'
import { type Replay, type ReplayCut, replayAnswer } from '../replay-answer.ts'
import { type ScriptedRequest, startScriptedUpstream } from '../scripted-upstream.ts'

/** Names the replay that a request is for; the broker passes headers it does not know on to the provider. */
const replayHeader = 'x-testkit-replay'

/** One replay that waits for its request. */
export interface ExpectedReplay {
  /** What the client must send along. */
  readonly headers: Readonly<Record<string, string>>
  /** Stops waiting and tells what came: the last request and the answer to it; undefined when none came. */
  finish(): { readonly request: ScriptedRequest; readonly replay: Replay } | undefined
}

/** A provider that answers each request with the recording that its header names. */
export interface ReplayUpstream {
  readonly origin: string
  expect(transcript: Transcript, cut: ReplayCut): ExpectedReplay
  close(): Promise<void>
}

interface Waiting {
  readonly transcript: Transcript
  readonly cut: ReplayCut
  arrived?: { readonly request: ScriptedRequest; readonly replay: Replay }
}

/** Starts it on a free loopback port. It keeps nothing of a replay that is finished. A request without replay gets 599. */
export const startReplayUpstream = async (): Promise<ReplayUpstream> => {
  const waiting = new Map<string, Waiting>()
  let count = 0
  const upstream = await startScriptedUpstream(
    async (request) => {
      const expected = waiting.get(request.header(replayHeader) ?? '')
      if (expected === undefined) return { status: 599, body: 'no replay is expected' }
      const acceptEncoding = request.header('accept-encoding') ?? ''
      const replay = await replayAnswer(expected.transcript, { cut: expected.cut, acceptEncoding })
      expected.arrived = { request, replay }
      return replay.answer
    },
    { keep: false },
  )
  return {
    origin: upstream.origin,
    close: upstream.close,
    expect: (transcript, cut) => {
      const name = String(++count)
      const expected: Waiting = { transcript, cut }
      waiting.set(name, expected)
      return {
        headers: { [replayHeader]: name },
        finish: () => {
          waiting.delete(name)
          return expected.arrived
        },
      }
    },
  }
}
