/** Something that cannot be measured here; the message says what to do about it. */
export class NotMeasured extends Error {}
