import { type Observer, silentObserver } from './observer.ts'

/** One observer that tells each of these, in their order. */
export const combineObservers = (observers: readonly Observer[]): Observer => {
  const [first = silentObserver, ...others] = observers
  if (others.length === 0) return first
  return {
    watch: (gauges) => {
      for (const observer of observers) observer.watch(gauges)
    },
    callRefused: (call) => {
      for (const observer of observers) observer.callRefused(call)
    },
    callEnded: (call) => {
      for (const observer of observers) observer.callEnded(call)
    },
    holdAnswered: (attemptId, admitted, ms) => {
      for (const observer of observers) observer.holdAnswered(attemptId, admitted, ms)
    },
    settled: (attemptId, ms) => {
      for (const observer of observers) observer.settled(attemptId, ms)
    },
    drainAsked: (granted) => {
      for (const observer of observers) observer.drainAsked(granted)
    },
    drainEnded: () => {
      for (const observer of observers) observer.drainEnded()
    },
    waitEnded: (outcome, ms) => {
      for (const observer of observers) observer.waitEnded(outcome, ms)
    },
  }
}
