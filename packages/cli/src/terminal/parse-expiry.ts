import { InvalidArgumentError } from 'commander'

const spanMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** An instant in the future, in ISO 8601: from one, or from a span such as `90m`, `12h` or `30d`. */
export const parseExpiry = (text: string): string => {
  const now = Date.now()
  const [, count = '', unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  const at = count === '' ? Date.parse(text) : now + Number(count) * (spanMs[unit] ?? 0)
  if (at > now) return new Date(at).toISOString()
  throw new InvalidArgumentError(
    'It must be an instant in the future such as 2030-01-31T00:00:00Z, or a span such as 12h or 30d.',
  )
}
