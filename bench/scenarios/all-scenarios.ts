import { addedLatency, firstByte } from './added-latency.ts'
import { coldStart } from './cold-start.ts'
import { eventStreams } from './event-streams.ts'
import { jsonRequests } from './json-requests.ts'
import { requestBody } from './request-body.ts'
import type { Scenario } from './scenario.ts'
import { sdkToken } from './sdk-token.ts'
import { soak } from './soak.ts'
import { upload } from './upload.ts'

/** Every scenario, in the order they run; the soak comes after what it takes its rate from. */
export const scenarios: readonly Scenario[] = [
  jsonRequests,
  eventStreams,
  addedLatency,
  firstByte,
  requestBody,
  upload,
  coldStart,
  sdkToken,
  soak,
]
