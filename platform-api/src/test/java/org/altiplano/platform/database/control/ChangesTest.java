package org.altiplano.platform.database.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.sql.DataSource;
import org.altiplano.platform.contentlog.control.ContentLog;
import org.altiplano.platform.contentlog.entity.ContentLogSetting;
import org.altiplano.platform.tenants.control.Tenants;
import org.altiplano.platform.tenants.entity.TenantAccount;
import org.altiplano.platform.usage.control.Prices;
import org.altiplano.platform.usage.control.UsagePolicies;
import org.altiplano.platform.usage.entity.Keeper;
import org.altiplano.platform.usage.entity.Limit;
import org.altiplano.platform.usage.entity.Price;
import org.altiplano.platform.usage.entity.Scope;
import org.altiplano.platform.usage.entity.UsageLimits;
import org.altiplano.platform.usage.entity.UsagePolicy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChangesTest {

    private long nanos;

    @ParameterizedTest
    @EnumSource
    void seesWhatAnotherGatewaySaysAfterTwoSecondsAndAsksNoSooner(TestDatabase kind) {
        DataSource source = kind.migrated();
        Changes changes = new Changes(new Database(source), () -> nanos);
        long before = changes.count();
        note(source);
        nanos += Changes.BELIEF.toNanos() - 1;
        assertEquals(before, changes.count());
        nanos++;
        assertEquals(before + 1, changes.count());
    }

    @ParameterizedTest
    @EnumSource
    void aChangeThatIsTakenBackWasNone(TestDatabase kind) {
        DataSource source = kind.migrated();
        AtomicInteger attempts = new AtomicInteger();
        new Database(source).transact(connection -> {
            Changes.note(connection);
            if (attempts.incrementAndGet() == 1) {
                throw Database.again("another was faster");
            }
            return 0;
        });
        assertEquals(1, new Changes(new Database(source), () -> nanos).count());
    }

    @ParameterizedTest
    @EnumSource
    void whoeverChangesASettingSaysSo(TestDatabase kind) {
        DataSource source = kind.migrated();
        Database database = new Database(source);
        Tenants tenants = new Tenants(database);
        UsagePolicies policies = new UsagePolicies(database);
        Prices prices = new Prices(database);
        ContentLog log = new ContentLog(database);
        TenantAccount acme = tenants.find("acme").orElseThrow();
        UsagePolicy policy = new UsagePolicy("p", "acme", Scope.TENANT, "", UsageLimits.NONE.with(Limit.MAX_CONTEXT, 9), Keeper.PLATFORM, 1);
        Function<String, TenantAccount> named = id -> new TenantAccount(id, id, acme.status(), 1, Optional.empty(), Optional.empty(), acme.createdAt(), 1);
        List<Runnable> all = List.of(() -> tenants.create(named.apply("new")), () -> tenants.replace(named.apply("acme")),
                () -> policies.create(policy, acme.createdAt()), () -> policies.replace(policy, acme.createdAt()), () -> policies.delete("p", 2),
                () -> prices.set("m", Price.FREE, OptionalLong.empty()), () -> prices.remove("m", 1), () -> log.replace(new ContentLogSetting("acme", true, 1, 0)));
        for (int i = 0; i < all.size(); i++) {
            long before = new Changes(database, () -> nanos).count();
            all.get(i).run();
            assertEquals(before + 1, new Changes(database, () -> nanos).count(), "number " + i);
        }
    }

    private static void note(DataSource source) {
        new Database(source).transact(connection -> {
            Changes.note(connection);
            return 0;
        });
    }
}
