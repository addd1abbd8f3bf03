import { bandsBeyondWindow, rateTables } from '@vendo/integrations/rates'
import { type Comparison, compareTable, type FoundDisagreement } from './lib/rates-compare.ts'
import { type ReviewedDisagreement, reviewedDisagreements } from './lib/rates-disagreements.ts'

// `npm run rates:check`: our rate tables against @pydantic/genai-prices, an independent collection of the same price lists.

const covers = (reviewed: ReviewedDisagreement, found: FoundDisagreement): boolean =>
  reviewed.provider === found.provider &&
  reviewed.models.includes(found.model) &&
  (reviewed.prices[found.meter] ?? []).some(
    ([ours, theirs]) => ours === (found.ours ?? 'none') && theirs === (found.theirs ?? 'none'),
  )

const show = ({ model, meter, ours = 'none', theirs = 'none', cases, source }: FoundDisagreement): string => {
  const [first = ''] = cases
  const more = cases.length === 1 ? '' : ` and ${cases.length - 1} more`
  return `  ${model} ${meter}: ours ${ours}, theirs ${theirs}  (${first}${more}; ours from ${source})`
}

const report = (provider: string, { disagreements, compared, onlyOurs, beyond, unknown }: Comparison): number => {
  const open = disagreements.filter((found) => !reviewedDisagreements.some((reviewed) => covers(reviewed, found)))
  const known = disagreements.filter((found) => !open.includes(found))
  console.log(
    `${provider}: ${compared} prices compared, ${open.length} disagreements to look into, ${known.length} reviewed; ` +
      `not compared: ${onlyOurs} prices that it lacks, ${beyond} of tiers, speeds, regions and meters that it cannot say, ` +
      `${unknown.length} models that it does not know`,
  )
  for (const found of open) console.log(show(found))
  for (const found of known) {
    const reviewed = reviewedDisagreements.find((entry) => covers(entry, found))
    console.log(`${show(found)}\n    reviewed: ${reviewed?.reason}`)
  }
  if (unknown.length > 0) console.log(`  it does not know: ${unknown.join(', ')}`)
  return open.length
}

console.log(
  'Second source: @pydantic/genai-prices. It has no batch, flex or priority tiers, no fast mode and no data residency, and\n' +
    'prices a kind of token that it does not list as its parent kind.\n',
)
const today = new Date().toISOString().slice(0, 10)
const comparisons = rateTables.map((table) => ({ provider: table.provider, ...compareTable(table, today) }))
const open = comparisons.reduce((sum, { provider, ...comparison }) => sum + report(provider, comparison), 0)
const stale = reviewedDisagreements.flatMap((reviewed) =>
  reviewed.models
    .filter(
      (model) =>
        !comparisons.some(({ disagreements }) =>
          disagreements.some((found) => found.model === model && covers(reviewed, found)),
        ),
    )
    .map((model) => `  ${reviewed.provider} ${model}`),
)
if (stale.length > 0) console.log(`\nReviewed, but the two agree by now:\n${stale.join('\n')}`)
console.log(
  open === 0
    ? '\nrates:check: every disagreement is reviewed'
    : `\nrates:check: ${open} disagreements. Correct the table, or add them to tools/lib/rates-disagreements.ts with a reason.`,
)
const unreachable = rateTables.flatMap(({ provider, models }) =>
  models.flatMap((model) =>
    bandsBeyondWindow(model).map(
      (band) => `  ${provider} ${model.model}: a band above ${band} in a window of ${model.contextWindow}`,
    ),
  ),
)
if (unreachable.length > 0) console.log(`\nBands that no input can reach:\n${unreachable.join('\n')}`)
process.exitCode = open === 0 && unreachable.length === 0 ? 0 : 1
