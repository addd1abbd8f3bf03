import { isTokenMeter, type Meter, meters, type Quantities } from '@vendo/contract'
import { type ModelRates, rateTables } from '@vendo/integrations/rates'
import { createRandom, type Random } from '@vendo/testkit'
import { expect, it } from 'vitest'
import { priceUsage, totalInput } from './price.ts'
import { sampleModel, sampleRow } from './sample-rates.ts'

/** A fraction in lowest terms, written apart from the arithmetic under test. */
interface Fraction {
  readonly over: bigint
  readonly under: bigint
}

const gcd = (left: bigint, right: bigint): bigint => (right === 0n ? left : gcd(right, left % right))
const fraction = (over: bigint, under: bigint): Fraction => {
  const divisor = gcd(over, under)
  return divisor === 0n ? { over: 0n, under: 1n } : { over: over / divisor, under: under / divisor }
}
const plus = (left: Fraction, right: Fraction): Fraction =>
  fraction(left.over * right.under + right.over * left.under, left.under * right.under)
const times = (left: Fraction, right: Fraction): Fraction => fraction(left.over * right.over, left.under * right.under)
const decimal = (text: string): Fraction => {
  const [whole = '', digits = ''] = text.split('.')
  return fraction(BigInt(whole + digits), BigInt(`1${'0'.repeat(digits.length)}`))
}
const halfEven = ({ over, under }: Fraction): bigint => {
  const [floor, rest] = [over / under, over % under]
  if (rest * 2n === under) return floor + (floor % 2n)
  return rest * 2n > under ? floor + 1n : floor
}

const today = Date.parse('2026-11-20')
const models = rateTables.flatMap((table) => table.models)

const below = (random: Random, limit: number): number => Math.floor(random() * limit)

/** A random call of a random model: its price list, and the list's usage where a threshold says that it applies. */
const randomCall = (random: Random) => {
  const model = models[below(random, models.length)] as ModelRates
  const row = model.rates[below(random, model.rates.length)] as ModelRates['rates'][number]
  const quantities: Partial<Record<Meter, number>> = {}
  for (const meter of Object.keys(row.usd) as Meter[]) {
    if (below(random, 3) > 0) quantities[meter] = below(random, isTokenMeter(meter) ? 2_000_000 : 30)
  }
  return { model, row, quantities }
}

const randomMargin = (random: Random): string => `0.${String(below(random, 1_000_000)).padStart(6, '0')}`

it('100,000 random calls of every model in the tables cost what exact fractions say, to the nano', () => {
  const random = createRandom(20_261_120)
  let priced = 0
  for (let call = 0; call < 100_000; call++) {
    const { model, row, quantities } = randomCall(random)
    const margins = new Map(meters.map((meter) => [meter, randomMargin(random)]))
    const marginOf = (meter: Meter): string => margins.get(meter) ?? '0'
    // The one price list alone, so that what is tested is the arithmetic; which list applies is tested elsewhere.
    const { inputAbove: _, ...everySize } = row
    const rates = { ...model, rates: [everySize] }
    const at = Math.max(Date.parse(row.effectiveFrom), Math.min(today, Date.parse(row.effectiveUntil ?? '9999') - 1))
    const { tier, speed, region } = row
    const served = {
      ...(tier === undefined ? {} : { serviceTier: tier }),
      ...(speed === undefined ? {} : { speed }),
      ...(region === undefined ? {} : { region }),
    }
    const got = priceUsage({ rates, served, quantities, at, marginOf })
    let list = decimal('0')
    let charge = decimal('0')
    for (const [meter, quantity] of Object.entries(quantities) as [Meter, number][]) {
      const perUnit = times(decimal(row.usd[meter] ?? ''), fraction(10n ** 9n, isTokenMeter(meter) ? 10n ** 6n : 1n))
      const amount = times(perUnit, fraction(BigInt(quantity), 1n))
      list = plus(list, amount)
      charge = plus(charge, times(amount, plus(decimal('1'), decimal(marginOf(meter)))))
    }
    if (got.listNanos !== halfEven(list) || got.chargeNanos !== halfEven(charge) || got.unpriced.length > 0) {
      expect.fail(`${model.model} ${JSON.stringify({ row, quantities, got: String(got.chargeNanos) })}`)
    }
    if (totalInput(quantities) > 0) priced++
  }
  expect(priced).toBeGreaterThan(80_000)
})

it.each([
  // 18.75 nanos a token, and with the margin 22.5: every call rounds the same way, so that nothing cancels out.
  ['0.01875', '0.2', 1_000_000],
  ['0.01875', '0', 100_000],
  // 6,000 nanos a token: nothing is rounded.
  ['5', '0.2', 100_000],
] as const)(
  '%s USD per million with margin %s: %i calls of one token differ from their bulk price by at most half a nano each',
  (usd, margin, calls) => {
    const rates = sampleModel('m', [sampleRow({ output: usd })])
    const marginOf = (): string => margin
    const costOf = (quantities: Quantities): bigint =>
      priceUsage({ rates, served: {}, quantities, at: today, marginOf }).chargeNanos
    const one = { output: 1 }
    let sum = 0n
    for (let call = 0; call < calls; call++) sum += costOf(one)
    const bulk = costOf({ output: calls })
    const difference = sum > bulk ? sum - bulk : bulk - sum
    expect(difference * 2n).toBeLessThanOrEqual(BigInt(calls))
    if (usd === '5') expect(sum).toBe(bulk)
  },
)
