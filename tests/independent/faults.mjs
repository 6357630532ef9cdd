// All faults, by the chapter in which they bite.
import { ACCESS_FAULTS } from "./faults-access.mjs";
import { ERROR_FAULTS, PAGE_FAULTS } from "./faults-answers.mjs";
import { DOING_FAULTS, FLAPPING_FAULTS, QUERY_FAULTS, REPEATED_FAULTS } from "./faults-manner.mjs";
import { ITEM_FAULTS, OTHER_FAULTS, STOCK_FAULTS, WEBHOOK_FAULTS } from "./faults-resources.mjs";

export const FAULTS = [ACCESS_FAULTS, ERROR_FAULTS, PAGE_FAULTS, ITEM_FAULTS, STOCK_FAULTS, OTHER_FAULTS, WEBHOOK_FAULTS, REPEATED_FAULTS, QUERY_FAULTS,
  FLAPPING_FAULTS, DOING_FAULTS].flat();
