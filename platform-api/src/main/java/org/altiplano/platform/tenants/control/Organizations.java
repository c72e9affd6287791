package org.altiplano.platform.tenants.control;

import java.util.Optional;

/** Looks after the organizations that tenants are at an identity provider, where the platform does that; any thread. */
public interface Organizations {

    /** Of a platform that leaves organizations to others, or has none. */
    Organizations NONE = new Organizations() {

        @Override
        public Optional<String> provide(String tenant) {
            return Optional.empty();
        }

        @Override
        public void remove(String tenant) {
            // There is none of the platform's making.
        }
    };

    /**
     * Makes whatever is missing of a tenant's organization, so that it can be repeated until it succeeds.
     *
     * @return the organization's id if it is another than the tenant's
     */
    Optional<String> provide(String tenant);

    /** Removes what was made for a tenant, with its users. */
    void remove(String tenant);
}
