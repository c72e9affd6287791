package org.altiplano.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** The version in the jar's manifest. */
final class ProductVersion implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {"altiplano "
                + Optional.ofNullable(getClass().getPackage().getImplementationVersion()).orElse("(not packaged)")};
    }
}
