import { describe, expect, it } from 'vitest'
import { encodeText } from '../bytes/ascii.ts'
import { EventScan } from './event-scan.ts'

const scan = (data: string) => {
  const result = new EventScan({ visibleKeys: { text: 2, arguments: 5 } })
  result.run(encodeText(data))
  const { visibleBytes, type, hasUsage, hasError, hasCitations } = result
  return { visibleBytes, type, hasUsage, hasError, hasCitations }
}

const nothing = { visibleBytes: 0, type: undefined, hasUsage: false, hasError: false, hasCitations: false }

const rules: readonly [rule: string, data: string, found: Partial<ReturnType<typeof scan>>][] = [
  ['text is counted', '{"delta":{"text":"hello"}}', { visibleBytes: 5 }],
  ['text is counted in UTF-8 bytes', '{"text":"ü"}', { visibleBytes: 2 }],
  ['an escape counts as it is written', '{"text":"a\\"b\\\\"}', { visibleBytes: 6 }],
  ['space around the colon is allowed', '{ "text" : "abc" }', { visibleBytes: 3 }],
  ['text that is nested too deeply is not output', '{"a":{"b":{"text":"hello"}}}', {}],
  ['several texts add up', '{"text":"a","delta":{"text":"b","arguments":"cd"}}', { visibleBytes: 4 }],
  ['a value that looks like a key is a value', '{"a":"text","b":"hello"}', {}],
  ['JSON inside a string is text', '{"text":"{\\"usage\\":{}, \\"error\\":{}}"}', { visibleBytes: 28 }],
  ['a cut string counts as far as it came', '{"text":"hel', { visibleBytes: 3 }],
  ['a usage object is found', '{"usage":{"x":1}}', { hasUsage: true }],
  ['a usage object inside the message is found', '{"message":{"usage": {"x":1}}}', { hasUsage: true }],
  ['a null usage is not a report', '{"usage":null}', {}],
  ['an error object is found', '{"error":{"code":1}}', { hasError: true }],
  ['an error string is found', '{"error":"no"}', { hasError: true }],
  ['a null error is none', '{"error":null}', {}],
  ['the type is that of the event', '{"type":"outer","delta":{"type":"inner"}}', { type: 'outer' }],
  ['citations are found', '{"annotations":[{}]}', { hasCitations: true }],
  ['an empty list has no citations', '{"annotations": [ ]}', {}],
  ['what is not JSON has nothing', '<html>', {}],
]

describe('EventScan', () => {
  it.each(rules)('%s', (_, data, found) => {
    expect(scan(data)).toEqual({ ...nothing, ...found })
  })

  it.each([
    ['a marked key with an object', '{"candidates":[{"mark":{}}]}', { marked: true, visibleBytes: 0 }],
    ['a marked key with a string', '{"mark":"STOP"}', { marked: true, visibleBytes: 0 }],
    ['a marked key that is nested too deeply', '{"a":[{"b":{"mark":{}}}]}', { marked: false }],
    ['an object as a whole', '{"args":{"a":{"text":1},"b":[2]},"text":"x"}', { visibleBytes: 25 }],
    ['a cut object as far as it came', '{"args":{"a":"bc', { visibleBytes: 8 }],
    ['a usage object of another name', '{"usageMetadata":{}}', { hasUsage: true }],
  ])('finds %s where a format says so', (_, data, found) => {
    const keys = { wholeKeys: { args: 1 }, markedKeys: { mark: 3 }, usageKey: 'usageMetadata' }
    const result = new EventScan({ visibleKeys: { text: 1 }, ...keys })
    result.run(encodeText(data))
    expect(result).toMatchObject(found)
  })

  it('forgets the event before', () => {
    const result = new EventScan({ visibleKeys: { text: 2 } })
    result.run(encodeText('{"type":"a","usage":{},"text":"b"}'))
    result.run(encodeText('{}'))
    expect(result).toMatchObject({ visibleBytes: 0, type: undefined, hasUsage: false })
  })

  it('finds the end of strings of every length, escaped quotes included', () => {
    for (let length = 0; length < 200; length++) {
      const text = JSON.stringify('\\"'.repeat(length % 7) + 'x'.repeat(length) + '"\\'.repeat(length % 5))
      expect(scan(`{"text":${text},"usage":{}}`)).toMatchObject({
        visibleBytes: encodeText(text).length - 2,
        hasUsage: true,
      })
    }
  })
})
