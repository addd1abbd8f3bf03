import { pino } from 'pino'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type CallLogLine, createLoggerTo, logCallLine } from './logger.ts'

const line: CallLogLine = {
  requestId: 'req_1',
  integration: 'anthropic',
  model: 'quoted " and \u2028 \ud800 odd \n',
  status: 200,
  code: undefined,
  reason: null,
  durationMs: 1.5,
}

const gather = () => {
  const lines: string[] = []
  return { lines, out: { write: (text: string) => void lines.push(text) } }
}

beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }))
afterEach(() => void vi.useRealTimers())

it.each(['call', 'refused'] as const)('the line of a %s says what pino would say', (message) => {
  const [own, theirs] = [gather(), gather()]
  logCallLine(createLoggerTo(own.out, 'info'), line, message)
  pino({ base: null }, theirs.out).info(line, message)
  expect(own.lines.map((text) => JSON.parse(text))).toEqual(theirs.lines.map((text) => JSON.parse(text)))
  expect(own.lines[0]).toMatch(/^\{"level":30,"time":1800000000000,"requestId":"req_1",[^\n]+\}\n$/)
})

it('no line comes where the level says so, now or later', () => {
  const { lines, out } = gather()
  const logger = createLoggerTo(out, 'warn')
  logCallLine(logger, line, 'call')
  expect(lines).toEqual([])
  logger.level = 'info'
  logCallLine(logger, line, 'call')
  expect(lines).toHaveLength(1)
})

it('a logger from elsewhere writes the line by its own settings', () => {
  const { lines, out } = gather()
  const logger = pino({ base: { broker: 'b1' }, messageKey: 'event', redact: ['model'] }, out)
  logCallLine(logger, line, 'call')
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ broker: 'b1', event: 'call', model: '[Redacted]' })
})
