import { type Nanos, usdFromNanos } from '@vendo/contract'
import type { CallResponse } from '@vendo/contract/api'
import { costOf } from '../bill/bill-rows.ts'
import type { MeteredRun } from './metered-run.ts'
import type { CapProof } from './prove-cap.ts'

/** What the same app did without Vendo. */
export interface WithoutVendo {
  readonly environment: readonly string[]
  readonly dotenv: readonly string[]
  /** Whether it printed what it had printed before. */
  readonly sameOutput: boolean
  /** Rows that the ledger gained meanwhile. */
  readonly newRows: number
}

/** Everything that the demonstration showed. */
export interface DemoResult {
  readonly simulated: boolean
  readonly url: string
  readonly run: MeteredRun
  readonly proof: CapProof
  /** Absent with real providers: nothing would limit that run. */
  readonly withoutVendo: WithoutVendo | undefined
}

/** The demonstration for machines. Money is in nano-USD, as decimal strings. Holds no key. */
export const demoDocument = ({ simulated, url, run, proof, withoutVendo }: DemoResult) => ({
  simulated,
  url,
  calls: run.calls,
  bill: billOf(run.calls),
  balance: {
    before_nanos: String(run.balanceBefore),
    after_nanos: String(run.balanceAfter),
  },
  ledger: run.ledger,
  proof: {
    integration: proof.integration,
    model: proof.model,
    cap_usd: proof.capUsd,
    asked_max_tokens: proof.askedMaxTokens,
    refused: proof.refusal,
    dispatched: proof.dispatched,
    fitting_max_tokens: proof.fittingMaxTokens,
    passed: proof.passed,
  },
  oss:
    withoutVendo === undefined
      ? null
      : {
          environment: withoutVendo.environment,
          dotenv: withoutVendo.dotenv,
          same_output: withoutVendo.sameOutput,
          new_ledger_rows: withoutVendo.newRows,
        },
})

const billOf = (calls: readonly CallResponse[]) => {
  const total = sum(calls.map(costOf))
  return {
    calls: calls.length,
    list_nanos: String(sum(calls.map((call) => BigInt(call.list_nanos ?? 0)))),
    total_nanos: String(total),
    total_usd: usdFromNanos(total),
    cache_savings_nanos: String(sum(calls.map((call) => BigInt(call.cache_savings_nanos ?? 0)))),
    quantities: quantitiesOf(calls),
  }
}

const sum = (amounts: readonly Nanos[]): Nanos => amounts.reduce((total, amount) => total + amount, 0n)

const quantitiesOf = (calls: readonly CallResponse[]): Record<string, number> => {
  const quantities: Record<string, number> = {}
  for (const { meter, quantity } of calls.flatMap(({ lines }) => lines)) {
    quantities[meter] = (quantities[meter] ?? 0) + quantity
  }
  return quantities
}
