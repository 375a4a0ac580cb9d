import org.codelibs.opensearch.runner.OpenSearchRunner;

/** The runner with its own arguments, but on any port: alone it takes none above 9299. */
class OpenSearchOnAnyPort {
    public static void main(String[] arguments) throws Exception {
        var runner = new OpenSearchRunner();
        runner.setMaxHttpPort(-1);
        runner.onBuild((node, settings) -> {
            // By default an index turns read-only on a disk that is nearly full, as a laptop's often
            // is.
            settings.put("cluster.routing.allocation.disk.threshold_enabled", false);
            // With CORS on and no origin named, a request of another site's page is refused. Off,
            // it is carried out where it needs no preflight, and only its answer kept from the page.
            settings.put("http.cors.enabled", true);
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                runner.close();
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }));
        runner.build(arguments);
        Thread.currentThread().join();
    }
}
