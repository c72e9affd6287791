package org.altiplano.platform.contentlog.entity;

/**
 * Whether a tenant has prompts and answers written down.
 *
 * @param retentionDays after how many days what was written down is deleted
 * @param version grows with every change; 0 if nothing was ever set
 */
public record ContentLogSetting(String tenant, boolean enabled, int retentionDays, long version) {

    public static final int SHORTEST_DAYS = 1;
    public static final int LONGEST_DAYS = 3_650;

    private static final int USUAL_DAYS = 30;

    /** Of a tenant that has never said anything. */
    public static ContentLogSetting none(String tenant) {
        return new ContentLogSetting(tenant, false, USUAL_DAYS, 0);
    }
}
