import { AnnalsError } from '@annals/message';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { Catch } from '@nestjs/common';

const STATUS: Readonly<Record<string, number>> = {
  CQRS_INVALID_COMMAND: 400,
  CQRS_AGGREGATE_NOT_FOUND: 404,
  STORE_WRONG_EXPECTED_REVISION: 409,
  STORE_CHECKPOINT_AHEAD: 400,
  LOG_INVALID_CHECKPOINT: 400,
  CQRS_COMMAND_ID_REUSED: 409,
  CQRS_REBUILD_REFUSED: 409,
  BUS_REQUEST_FAILED: 422,
  SHOP_ORDER_EXISTS: 409,
  SHOP_RETURN_EXISTS: 409,
  SHOP_RETURN_REFUSED: 409,
  SHOP_UNKNOWN_CUSTOMER: 404,
};

interface JsonResponse {
  status(code: number): { json(body: unknown): void };
}

/** Answers with the code and message of an error, and the faults of an invalid command; others are not the caller's business. */
@Catch(AnnalsError)
export class AnnalsErrorFilter implements ExceptionFilter<AnnalsError> {
  catch(error: AnnalsError, host: ArgumentsHost): void {
    // Messages have nobody to answer: what becomes of them the bus decides.
    if (host.getType() !== 'http') throw error;
    const status = STATUS[error.code] ?? (error.retryable ? 503 : 500);
    const faults = 'faults' in error ? { faults: error.faults } : {};
    const message = status < 500 ? error.message : 'The shop cannot answer at the moment';
    host
      .switchToHttp()
      .getResponse<JsonResponse>()
      .status(status)
      .json({ code: error.code, message, ...faults });
  }
}
