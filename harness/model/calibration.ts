import { z } from '../base/schema.ts';
import { idSchema } from './scenario.ts';

export const CALIBRATION_SCHEMA_VERSION = 1;

/** What one driver reached on this machine against a server that does nothing, and what it adds to a latency. */
export const calibrationSchema = z.strictObject({
  scenarioId: idSchema,
  driver: z.string(),
  driverVersion: z.string(),
  /** What the figure holds for: the same load on the same CPUs. */
  connections: z.int().min(1),
  driverWorkers: z.int().min(1),
  driverCpus: z.array(z.int()),
  targetCpus: z.array(z.int()),
  takenAt: z.string(),
  /** Responses per second of each round. */
  roundsRps: z.array(z.number().positive()).min(1),
  /** Median share of its CPU that the busiest load worker used. */
  driverCpuShare: z.number().min(0),
  /** Requests per second of a full driver: measured where it was full, else extrapolated by its CPU time per request. */
  ceilingRps: z.number().positive(),
  ceilingIs: z.enum(['measured', 'extrapolated']),
  /** Service time at the null server in µs, from the merged histogram: what driver, kernel and null server take together. */
  serviceTimeP50Us: z.number().nullable(),
  serviceTimeP99Us: z.number().nullable(),
});
export type Calibration = z.infer<typeof calibrationSchema>;

/** All calibrations of one machine. */
export const calibrationFileSchema = z.strictObject({
  schemaVersion: z.literal(CALIBRATION_SCHEMA_VERSION),
  fingerprint: z.string(),
  harnessVersion: z.string(),
  entries: z.array(calibrationSchema),
});
export type CalibrationFile = z.infer<typeof calibrationFileSchema>;

/** What a calibration must have been taken with to hold for a load. */
export type CalibrationKey = Pick<
  Calibration,
  'scenarioId' | 'driver' | 'connections' | 'driverWorkers' | 'driverCpus' | 'targetCpus'
>;

/** Whether two calibrations, or one and a load to come, are of the same conditions. */
export function sameConditions(a: CalibrationKey, b: CalibrationKey): boolean {
  return keyText(a) === keyText(b);
}

function keyText({
  scenarioId,
  driver,
  connections,
  driverWorkers,
  driverCpus,
  targetCpus,
}: CalibrationKey): string {
  return JSON.stringify([scenarioId, driver, connections, driverWorkers, driverCpus, targetCpus]);
}
